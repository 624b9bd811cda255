import { policyContract } from '#test/policy-contract.ts';
import { predictive } from './predictive.ts';

policyContract('predictive', predictive);
